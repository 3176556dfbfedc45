// A real OpenID provider on a free port of this machine, for tests of single sign-on.
// Prints its issuer on one line; ends with its standard input.
// People are `email|verified|groups`, each an argument; a person's subject is `subject of <email>`.
import http from "node:http";
import { Provider } from "oidc-provider";

const people = new Map(
  process.argv.slice(2).map((argument) => {
    const [email, verified, groups = ""] = argument.split("|");
    const claims = { sub: `subject of ${email}`, email, email_verified: verified === "verified" };
    return [email, { ...claims, groups: groups.split(",").filter(Boolean) }];
  }),
);

const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
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
    pkce: { required: () => true },
    // The claims of the scopes stand in the identity token itself, as most companies' providers have it.
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    findAccount: (_context, email) =>
      people.has(email) ? { accountId: email, claims: () => people.get(email) } : undefined,
    cookies: { keys: ["of a test alone"] },
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
