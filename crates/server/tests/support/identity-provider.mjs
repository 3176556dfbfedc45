// A real OpenID provider of this machine, for tests of single sign-on.
// Prints its issuer on one line; ends with its standard input. Each start has a key of its own.
// `identity-provider.mjs PORT PERSON…`: 0 is a free port; a person is `email|verified|groups|subject`. People sign in
// with their subject, which is the address when there is none.
import crypto from "node:crypto";
import http from "node:http";
import { Provider } from "oidc-provider";

const [, , port, ...people] = process.argv;
const accounts = new Map(
  people.map((person) => {
    const [email, verified, groups = "", subject = email] = person.split("|");
    const claims = { sub: subject, email, email_verified: verified === "verified" };
    return [subject, { ...claims, groups: groups.split(",").filter(Boolean) }];
  }),
);
const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: crypto.randomUUID() };

const server = http.createServer();
server.listen(Number(port), "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "viruj",
        client_secret: "the secret of the client",
        application_type: "native",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        // The port of a native client is not compared (RFC 8252, section 7.3).
        redirect_uris: ["http://127.0.0.1/single-sign-on"],
      },
    ],
    jwks: { keys: [key] },
    pkce: { required: () => true },
    // The claims of the scopes stand in the identity token itself, as most companies' providers have it.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    findAccount: (_context, accountId) =>
      accounts.has(accountId) ? { accountId, claims: () => accounts.get(accountId) } : undefined,
    cookies: { keys: ["of a test alone"] },
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
