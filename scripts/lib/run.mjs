// Running other programs. A failure is a value, not an exception: the caller knows what it means.
import { spawn, spawnSync } from "node:child_process";
import { environment, root } from "./paths.mjs";

// Shows the program's output and returns it as well. A program that says nothing for `silence` minutes hangs: it is
// ended, so that what was said last is known instead of nothing at all.
export function run(command, args, { env = {}, cwd = root, quiet = false, silence = 0 } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const options = { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"], detached: silence > 0 };
    const child = spawn(command, args, options);
    const take = (stream) => (chunk) => {
      output += chunk;
      if (!quiet) stream.write(chunk);
      watch?.refresh();
    };
    // A group of its own hears no Ctrl-C.
    const end = () => process.kill(-child.pid, "SIGKILL");
    const interrupt = () => {
      end();
      process.exit(130);
    };
    const watch =
      silence > 0
        ? setTimeout(() => {
            take(process.stderr)(`\n${command} has said nothing for ${silence} minutes and is ended.\n`);
            end();
          }, silence * 60_000)
        : undefined;
    if (watch) process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const over = (result) => {
      clearTimeout(watch);
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      resolve(result);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));
    child.on("error", (error) => over({ ok: false, code: null, output: `${output}${command}: ${error.message}\n` }));
    child.on("close", (code) => over({ ok: code === 0, code, output }));
  });
}

// For short questions whose answer is the output.
export function ask(command, args, options = {}) {
  const answer = spawnSync(command, args, { cwd: root, encoding: "utf8", env: environment(), ...options });
  return { ok: answer.status === 0, output: (answer.stdout ?? "").trim(), error: (answer.stderr ?? "").trim() };
}
