import type {
  AcceptReviewException,
  AnswerReviewQuery,
  AskAboutBatch,
  EntryView,
  ExceptionKind,
  ReviewExceptionView,
  ReviewListRequest,
  ReviewStepView,
  ReviewSummary,
  ReviewView,
  SignReviewStep,
} from "../bridge/bindings";
import { failure } from "./fake-station";

const PHASE = "0193fe10-0000-7000-8000-000000000002";
const DEVIATION = "0193fe10-0000-7000-8000-000000000011";
const quality = { id: "qa-man-1", name: "Priya Sharma" };
const NOW = "2026-11-24T09:00:00Z";

export function entry(place: number, change: Partial<EntryView>): EntryView {
  return {
    operationId: `0193fe10-0000-7000-9000-00000000000${place}`,
    kind: "number",
    value: "110",
    unit: "rpm",
    lot: null,
    container: null,
    text: null,
    elapsedSeconds: null,
    personName: "David Chen",
    recordedAt: "2026-11-24T08:40:00Z",
    reason: null,
    deviation: null,
    signature: null,
    isUnsent: false,
    verdictCode: null,
    isEffective: true,
    isCorrection: false,
    isCorrected: false,
    canBeCorrected: false,
    file: null,
    source: null,
    isManual: false,
    ...change,
  };
}

function exception(
  kind: ExceptionKind,
  subject: string,
  change: Partial<ReviewExceptionView> = {},
): ReviewExceptionView {
  return {
    exception: { kind, subject, evidence: "1", phase_id: PHASE, at: "2026-11-24T08:40:02Z" },
    phaseNumber: 2,
    phaseTitle: "Impeller speed",
    deviation: null,
    waits: true,
    refusal: null,
    ...change,
  };
}

const step = (name: ReviewStepView["step"], refusal: string | null): ReviewStepView => ({
  step: name,
  meaning: name === "ask" ? null : name === "sign" ? "reviewed" : name === "release" ? "released" : "rejected",
  refusal,
});

/** Batches that wait for quality assurance as the station would show them, roughly. */
export class FakeReviews {
  summaries: ReviewSummary[] = [
    {
      batch_id: "batch-1",
      plant_id: "plant-a",
      number: "MET-26-0142",
      product: "Metformin Hydrochloride Tablets 500 mg",
      status: "QC Review",
      ended_at: "2026-11-24T08:50:00Z",
      exceptions: [
        { kind: "out_of_limits", count: 1 },
        { kind: "corrected", count: 1 },
      ],
      grave_deviations: 1,
      open_queries: 0,
      open_tests: 1,
      is_reviewed: false,
    },
  ];
  mayAnswer = false;

  view: ReviewView = {
    batchId: "batch-1",
    number: "MET-26-0142",
    product: "Metformin Hydrochloride Tablets 500 mg",
    quantity: "200.00",
    unit: "kg",
    status: "QC Review",
    releaseStatus: "Pending",
    version: "7",
    contentHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    timeZone: "Asia/Kolkata",
    exceptions: [
      exception("out_of_limits", "0193fe10-0000-7000-9000-000000000002"),
      exception("corrected", "0193fe10-0000-7000-9000-000000000003"),
      exception("deviation", DEVIATION, { deviation: "DEV-26-001", refusal: "deviation_open" }),
      exception("trail_not_reviewed", "00000000-0000-0000-0000-000000000000", {
        exception: { kind: "trail_not_reviewed", subject: "00000000-0000-0000-0000-000000000000", evidence: "42" },
        phaseNumber: null,
        phaseTitle: null,
      }),
    ],
    queries: [],
    tests: [{ test: "Assay (HPLC)", container: "K-014", conclusion: "pending" }],
    signatures: [],
    blockers: [
      { code: "deviation_open", deviation: "DEV-26-001", severity: "High" },
      { code: "exception_not_reviewed", kind: "out_of_limits", count: 1 },
      { code: "review_missing" },
    ],
    deviations: [
      {
        id: DEVIATION,
        code: "DEV-26-001",
        severity: "High",
        status: "Open",
        description: "David Chen recorded 141 rpm in phase 2 (Impeller speed), outside the limits 90 to 130 rpm.",
        disposition: null,
        phaseNumber: 2,
      },
    ],
    phases: [
      {
        id: PHASE,
        status: "Completed",
        evidence: {
          phaseNumber: 2,
          phaseTitle: "Impeller speed",
          instruction: "Set the impeller to 110 rpm.",
          limits: { unit: "rpm", places: 0, low: "90", target: "110", high: "130", device: null },
          entries: [
            entry(2, { value: "141", reason: "Display was stuck", deviation: "out_of_limits", isCorrected: true }),
            entry(3, { value: "112", reason: "Read again", isCorrection: true }),
          ],
        },
      },
    ],
    steps: [
      step("ask", null),
      step("sign", "blockers_remain"),
      step("release", "blockers_remain"),
      step("reject", null),
    ],
  };

  answer(command: string, args: Record<string, unknown>): unknown {
    switch (command) {
      case "list_reviews":
        return this.list(args.request as ReviewListRequest);
      case "batch_review":
        return structuredClone(this.view);
      case "accept_review_exception":
        return this.accept(args.accept as AcceptReviewException);
      case "ask_about_batch":
        return this.ask(args.ask as AskAboutBatch);
      case "answer_review_query":
        return this.answerQuery(args.answer as AnswerReviewQuery);
      case "sign_review_step":
        return this.sign(args.step as SignReviewStep);
      default:
        return { files: ["/home/qa/batch-record-MET-26-0142.json", "/home/qa/batch-record-MET-26-0142.pdf"] };
    }
  }

  private list({ search }: ReviewListRequest) {
    const words = (search ?? "").toLowerCase();
    const items = this.summaries.filter(({ number, product }) => `${number} ${product}`.toLowerCase().includes(words));
    return structuredClone({ items, nextCursor: null, timeZone: "Asia/Kolkata" });
  }

  private accept({ kind, subject, comment }: AcceptReviewException): ReviewView {
    const found = this.view.exceptions.find(({ exception: one }) => one.kind === kind && one.subject === subject);
    if (found === undefined) throw failure("exception_unknown");
    found.exception.decision = { comment, person: quality, decided_at: NOW };
    found.waits = false;
    return structuredClone(this.view);
  }

  private ask({ question, phaseId }: AskAboutBatch): ReviewView {
    this.view.queries.push({
      query: {
        id: crypto.randomUUID(),
        number: this.view.queries.length + 1,
        phase_id: phaseId,
        status: "Open",
        question,
        asked_by: quality,
        asked_at: NOW,
        content_hash: "aa",
        signatures: [],
        version: 1,
      },
      phaseNumber: phaseId === null ? null : 2,
      step: { step: "answer", meaning: null, refusal: this.mayAnswer ? null : "own_query" },
    });
    return structuredClone(this.view);
  }

  private answerQuery({ queryId, answer }: AnswerReviewQuery): ReviewView {
    const found = this.view.queries.find(({ query }) => query.id === queryId);
    if (found === undefined) throw failure("not_found");
    Object.assign(found.query, { answer, answered_by: { id: "prod-man-1", name: "Sarah Johnson" }, answered_at: NOW });
    found.query.status = "Answered";
    found.step = { step: "close_query", meaning: "reviewed", refusal: null };
    return structuredClone(this.view);
  }

  private sign({ step: name, signature, reason, queryId }: SignReviewStep): ReviewView {
    if (signature.password !== "demo123") throw failure("wrong_password");
    if (name === "close_query") {
      const found = this.view.queries.find(({ query }) => query.id === queryId);
      if (found === undefined) throw failure("not_found");
      Object.assign(found.query, { status: "Closed", closed_by: quality, closed_at: NOW });
      found.step = null;
      return structuredClone(this.view);
    }
    const meaning = name === "sign" ? "reviewed" : name === "release" ? "released" : "rejected";
    this.view.signatures.push({
      id: crypto.randomUUID(),
      person_id: quality.id,
      person_name: quality.name,
      meaning,
      signed_at: NOW,
      time_zone: "Asia/Kolkata",
      reason,
      is_of_this_content: true,
    });
    if (name !== "sign") {
      this.view.releaseStatus = name === "release" ? "Released" : "Rejected";
      this.view.steps = this.view.steps.map((one) => ({ ...one, refusal: "not_under_review" }));
      this.view.blockers = [];
    }
    return structuredClone(this.view);
  }
}
