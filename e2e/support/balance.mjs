// A balance on a port of this computer that speaks as much MT-SICS as a station asks of it.

import { once } from "node:events";
import net from "node:net";

export const SERIAL_NUMBER = "B021002593";

// `shows` is the answer to `S`, for example "S S     10.00 kg".
export async function startBalance(shows) {
  const balance = { shows };
  const lines = new Set();
  const server = net.createServer((line) => {
    lines.add(line);
    line.setEncoding("ascii");
    let heard = "";
    line.on("data", (text) => {
      const commands = (heard + text).split("\r\n");
      heard = commands.pop();
      for (const command of commands) line.write(`${answer(command)}\r\n`);
    });
    // The station closes the line as soon as it has its answer.
    line.on("error", () => line.destroy());
    line.on("close", () => lines.delete(line));
  });
  const answer = (command) => {
    if (command === "I4") return `I4 A "${SERIAL_NUMBER}"`;
    return command === "S" ? balance.shows : "ES";
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  balance.address = `tcp://127.0.0.1:${server.address().port}`;
  balance.stop = async () => {
    const closed = once(server, "close");
    server.close();
    for (const line of lines) line.destroy();
    await closed;
  };
  return balance;
}
