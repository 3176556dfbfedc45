// A real OpenID provider of the desk's own; the server's tests use the same program.
import path from "node:path";
import { root } from "../../scripts/lib/paths.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";
import { TiedProcess } from "./processes.mjs";

// People are `email|verified|groups`; see the program.
export async function startIdentityProvider(desk, people) {
  const program = path.join(root, "crates/server/tests/support/identity-provider.mjs");
  const log = path.join(desk.logs, "identity-provider.log");
  const provider = new TiedProcess(process.execPath, [program, "0", ...people], { env: desk.env, log, stdin: "pipe" });
  const issuer = await waitUntil("the identity provider", () => {
    provider.assertRunning();
    return /^(http:\S+)$/m.exec(provider.logTail())?.[1];
  });
  const settings = {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: "viruj",
    OIDC_CLIENT_SECRET: "the secret of the client",
  };
  return { settings, stop: () => provider.end() };
}
