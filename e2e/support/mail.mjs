// A real mail server for one test: Debian's aiosmtpd, whose messages are read as they arrive.
import { spawn } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { root } from "../../scripts/lib/paths.mjs";

export async function startMailSink() {
  // The system's own Python has the Debian package; another one on the path has not.
  const script = path.join(root, "crates/test-support/src/mail_sink.py");
  const command = ["--pdeathsig", "TERM", "--", "/usr/bin/python3", script];
  const sink = spawn("setpriv", command, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: sink.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the mail server ended; the package python3-aiosmtpd brings it");
    return value;
  };
  const port = Number(await next());
  return {
    env: { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_FROM: "Viruj <viruj@pharma.example>" },
    async nextMessage() {
      return JSON.parse(await next());
    },
    stop() {
      sink.kill();
    },
  };
}
