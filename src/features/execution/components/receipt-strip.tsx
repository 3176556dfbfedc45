import { useTranslation } from "react-i18next";
import type { EntryReceipt } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice, type NoticeTone } from "../../../ui/notice";
import { SignatureStamp } from "./signature-stamp";

export type Receipt = { answer: EntryReceipt; phaseNumber: number; at: string };

/** What became of the last entry; it stays until the next one. */
export function ReceiptStrip({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { answer, phaseNumber, at } = receipt;
  const time = formats.time(at);
  const cause = answer.deviation === null ? "" : (codedText(t, "deviationCause", answer.deviation) ?? answer.deviation);
  const why = answer.verdictCode === null ? "" : (codedText(t, "errors", answer.verdictCode) ?? answer.verdictCode);
  const tones: Record<EntryReceipt["state"], NoticeTone> = {
    saved: answer.deviation === null ? "done" : "warn",
    accepted: "done",
    accepted_with_deviation: "warn",
    not_applied: "bad",
  };
  const words = {
    saved: () =>
      `${t("receipt.saved", { count: answer.unsent })} ${cause && t("receipt.savedWithDeviation", { cause })}`,
    accepted: () => t("receipt.accepted", { time }),
    accepted_with_deviation: () => t("receipt.acceptedWithDeviation", { time, cause }),
    not_applied: () => `${t("receipt.notApplied", { why })} ${t("receipt.notAppliedSafe")}`,
  }[answer.state]();
  return (
    <Notice tone={tones[answer.state]} title={t("receipt.step", { number: phaseNumber })} data-testid="receipt">
      <span data-state={answer.state} data-testid="receipt-words">
        {words}
      </span>
      {answer.signature !== null && <SignatureStamp signature={answer.signature} isInline />}
    </Notice>
  );
}
