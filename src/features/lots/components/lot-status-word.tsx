import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { MarkedWord, type WordTone } from "../../../ui/marked-word";

const tones: Record<LotView["row"]["status"], WordTone> = {
  Approved: "calm",
  Pending: "warn",
  Quarantine: "warn",
  Rejected: "bad",
};

/** What was decided about a lot; one past its dates is not charged, whatever was decided. */
export function LotStatusWord({ lot }: { lot: LotView }) {
  const { t } = useTranslation();
  const { status } = lot.row;
  if (status === "Approved" && lot.isPastItsDates) return <MarkedWord tone="bad">{t("lots.pastItsDates")}</MarkedWord>;
  return <MarkedWord tone={tones[status]}>{codedText(t, "lotStatus", status) ?? status}</MarkedWord>;
}
