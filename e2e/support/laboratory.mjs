// The laboratory's part of a batch: what a sample's test says, over the interface that the laboratory's programs use.

// Tests what was asked for a batch's samples; `analyst` reports, `manager` approves.
export async function approveTests(server, postgres, batchNumber, { manager, analyst, result }) {
  const managing = await signInTo(server, manager);
  const testing = await signInTo(server, analyst);
  const [[person]] = postgres.query(`SELECT id FROM users WHERE email = '${analyst.email}'`);
  const tests = postgres.query(`
    SELECT test.id FROM quality_tests test JOIN quality_samples sample ON sample.id = test.sample_id
    JOIN production_batches batch ON batch.id = sample.batch_id WHERE batch.batch_number = '${batchNumber}'`);
  for (const [id] of tests) {
    await post(server, managing, `${id}/assign`, { employee_id: person });
    await post(server, testing, `${id}/submit`, { result_data: result, analyst_notes: "within limits" });
    await post(server, managing, `${id}/review`, { action: "Approve", manager_notes: "as it should be" });
  }
  return tests.length;
}

async function signInTo(server, { email, password }) {
  const answer = await fetch(`${server.url}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return (await read(answer)).access_token;
}

async function post(server, token, path, body) {
  const answer = await fetch(`${server.url}/api/quality-tests/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return read(answer);
}

async function read(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
