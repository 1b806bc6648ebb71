import { connect } from "node:net";

/** What a server answers to these very bytes on a connection of their own: up to a body's end, or until it is closed; nothing where it is refused. */
export function talk(url: string, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      if (answer.includes("}")) socket.end();
    });
    for (const event of ["error", "close"]) socket.on(event, () => resolve(answer));
  });
}
