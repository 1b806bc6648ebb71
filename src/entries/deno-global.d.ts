/** The part of Deno that its entry uses. */
declare namespace Deno {
  interface NetAddr {
    readonly hostname: string;
    readonly port: number;
  }

  interface HttpServer {
    readonly addr: NetAddr;
    /** Takes no new connections; resolves when the requests under way are answered. */
    shutdown(): Promise<void>;
  }

  function serve(
    options: {
      readonly hostname: string;
      readonly port: number;
      readonly onListen: (address: NetAddr) => void;
      readonly onError: (error: unknown) => Response;
    },
    handler: (request: Request, info: { readonly remoteAddr: NetAddr }) => Response | Promise<Response>,
  ): HttpServer;
}
