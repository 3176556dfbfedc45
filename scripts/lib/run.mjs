// Running other programs. A failure is a value, not an exception: the caller knows what it means.
import { spawn, spawnSync } from "node:child_process";
import { environment, root } from "./paths.mjs";

// Shows the program's output and returns it as well.
export function run(command, args, { env = {}, cwd = root, quiet = false } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
    const take = (stream) => (chunk) => {
      output += chunk;
      if (!quiet) stream.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));
    child.on("error", (error) => resolve({ ok: false, code: null, output: `${output}${command}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ ok: code === 0, code, output }));
  });
}

// For short questions whose answer is the output.
export function ask(command, args, options = {}) {
  const answer = spawnSync(command, args, { cwd: root, encoding: "utf8", env: environment(), ...options });
  return { ok: answer.status === 0, output: (answer.stdout ?? "").trim(), error: (answer.stderr ?? "").trim() };
}
