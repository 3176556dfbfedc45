// A person at the identity provider's pages: signs in as `VIRUJ_TEST_LOGIN`, agrees, and is sent back.
// `browser.mjs URL` goes where the provider sends it; `browser.mjs URL --stop` prints the last address instead.
const [, , start, mode] = process.argv;
const login = process.env.VIRUJ_TEST_LOGIN;
const cookies = new Map();

async function visit(address, form) {
  const answer = await fetch(address, {
    redirect: "manual",
    method: form ? "POST" : "GET",
    body: form ? new URLSearchParams(form) : undefined,
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
  });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(";")[0].split("=");
    cookies.set(name, value);
  }
  return answer;
}

let address = start;
let form;
for (let steps = 0; steps < 20; steps += 1) {
  const isBack = new URL(address).pathname === "/single-sign-on";
  if (isBack && mode === "--stop") {
    process.stdout.write(`${address}\n`);
    process.exit(0);
  }
  const answer = await visit(address, form);
  form = undefined;
  if (isBack) {
    process.stdout.write(await answer.text());
    process.exit(answer.ok ? 0 : 1);
  }
  const next = answer.headers.get("location");
  if (next) {
    address = new URL(next, address).href;
    continue;
  }
  const page = await answer.text();
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
  if (!prompt || !action) throw new Error(`a page without a form: ${answer.status}\n${page.slice(0, 2000)}`);
  address = new URL(action, address).href;
  form = prompt === "login" ? { prompt, login, password: "any" } : { prompt };
}
throw new Error("the provider sends the person round in circles");
