import { connect, type Socket } from "node:net";
import type { OpenSocket } from "./connection.ts";

/**
 * Opens a socket to PostgreSQL on Bun or Node: by Unix path where there is one, otherwise to the first host of the
 * list that answers.
 *
 * @throws the last host's error; CONNECT_TIMEOUT as its `code` when the time is over.
 */
export const openTcpSocket: OpenSocket = async (address, timeoutMs) => {
  if (address.path) return dial({ path: address.path }, timeoutMs);
  let failure: unknown = new Error("the database URL names no host");
  for (const [index, host] of address.host.entries()) {
    try {
      const socket = await dial({ host, port: address.port[index] ?? 5432 }, timeoutMs);
      // postgres.js reads the name to verify in TLS from here.
      return Object.assign(socket, { host, port: address.port[index] });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};

function dial(target: { path: string } | { host: string; port: number }, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error("connecting took too long"), { code: "CONNECT_TIMEOUT" }));
    }, timeoutMs);
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}
