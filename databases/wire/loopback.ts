/** Whether a host, as a URL has it, is this machine: only there nobody is asked first. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|\[::1\]|127(\.\d{1,3}){3})$/.test(host);
}
