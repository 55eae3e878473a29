/** Whether a host, as a URL has it, is this machine: only there a password may go in clear, and nobody is asked. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|\[::1\]|127(\.\d{1,3}){3})$/.test(host);
}

/** The host of a URL as sockets take it: without the brackets of IPv6, and this machine where there is none. */
export function hostIn({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
}
