// A client of the HTTP API in TypeScript, without a dependency: starts an escalation, makes a move, follows events.
//
//     node --experimental-strip-types api_client.mts http://127.0.0.1:8234 ACME/4714 maya
//
// Node 22.6 and newer run it so.

interface Problem {
  status: number;
  code: string;
  detail: string;
  faults: { where: string; given: unknown; allowed: unknown }[];
}

interface MoveResult {
  key: string;
  state: string;
  owner: string;
  happened: { code: string; text: string }[];
}

class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

class Escalations {
  private readonly service: string;
  private readonly person: string;

  constructor(service: string, person: string) {
    this.service = service;
    this.person = person;
  }

  // A repeat with the same id is followed once, so that a request that got no answer can be sent again.
  async ask<T>(method: string, path: string, body?: unknown, id: string = crypto.randomUUID()): Promise<T> {
    const answer = await fetch(`${this.service}/api/v1${path}`, {
      method,
      headers: { "X-Escalation-As": this.person, "Content-Type": "application/json", "Idempotency-Key": id },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const said: unknown = await answer.json();
    if (!answer.ok) throw new Refused(said as Problem);
    return said as T;
  }

  move(key: string, name: string, fields: object = {}): Promise<MoveResult> {
    return this.ask("POST", `/escalations/${key}/moves/${name}`, fields);
  }

  async *events(key: string): AsyncGenerator<{ kind: string; what: { text: string } }> {
    const answer = await fetch(`${this.service}/api/v1/escalations/${key}/events`);
    if (!answer.ok || answer.body === null) throw new Refused((await answer.json()) as Problem);
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data) yield JSON.parse(data.slice("data: ".length));
      }
    }
  }
}

declare const process: { argv: string[]; exitCode: number };

const [service, key, person] = process.argv.slice(2);
if (!service || !key || !person) {
  console.error("give the URL of the web service, a key such as ACME/4714, and a person such as maya");
  process.exitCode = 2;
} else {
  const escalations = new Escalations(service, person);
  const started = await escalations.ask<MoveResult>("POST", "/escalations", {
    key,
    subject: "Second delivery in a row is damaged",
    issue_type: "customer_service_requests",
    category: "complaint",
    priority: "P2",
    reason: "dissatisfied_customer",
    customers: [{ account: "ACME", contacts: [{ name: "Jo Buyer", email: "jo@acme.example" }] }],
  });
  console.log(`${started.key} is ${started.state}, owner ${started.owner}`);
  await escalations.move(key, "acknowledge", { note: "On it" });
  try {
    await escalations.move(key, "verify_resolution");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.log(error.message);
  }
  for await (const event of escalations.events(key)) {
    console.log(`${event.kind}: ${event.what.text}`);
    if (event.kind === "acknowledged") break;
  }
}
