// Signs in as somebody of the demo, from an address of one's choice: the server counts the attempts of each address.
import http from "node:http";

const DEMO_PASSWORD = "demo123";

// Gives the access token.
export function signIn(server, where, email, from = "127.0.0.1") {
  const body = JSON.stringify({ email, password: DEMO_PASSWORD });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const options = { method: "POST", headers, localAddress: from };
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(where, server), options, async (answer) => {
      const text = (await answer.toArray()).join("");
      if (answer.statusCode === 200 || answer.statusCode === 201) resolve(JSON.parse(text).access_token);
      else reject(new Error(`${email} cannot sign in at ${where}: ${answer.statusCode} ${text}`));
    });
    request.once("error", reject).end(body);
  });
}
