import { useTranslation } from "react-i18next";
import type { QualificationItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { MarkedWord } from "../../../ui/marked-word";

const tones = { valid: "calm", expired: "warn", withdrawn: "bad" } as const;

/** Whether it holds today. */
export function QualificationWord({ state }: { state: QualificationItem["state"] }) {
  const { t } = useTranslation();
  return <MarkedWord tone={tones[state]}>{codedText(t, "qualificationState", state) ?? state}</MarkedWord>;
}
