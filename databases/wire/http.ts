/** HTTP by one connection at a time, without retries: an error says whether the request had left. */
import { Agent, request } from 'node:http';
import { Refused } from '../../systems/node.ts';

/** What came back. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** A client of one port, of 127.0.0.1 where no host is named. */
export class HttpClient {
  private readonly port: number;
  private readonly host: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(port: number, host = '127.0.0.1') {
    this.port = port;
    this.host = host;
  }

  /**
   * Posts JSON once. Rejects with `Refused` where no server listens, so that nothing was asked,
   * and with any other error where the connection broke off before the response was whole.
   */
  post(path: string, body: unknown): Promise<Response> {
    return this.send('POST', path, JSON.stringify(body));
  }

  get(path: string): Promise<Response> {
    return this.send('GET', path);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, body?: string): Promise<Response> {
    const { agent, host, port } = this;
    return new Promise((resolve, reject) => {
      const asked = request({ agent, host, port, path, method }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject).on('end', () => {
          if (!response.complete) reject(new Error('the connection was closed'));
          else resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      asked.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ECONNREFUSED' ? new Refused('no server listens') : error),
      );
      asked.end(body);
    });
  }
}
