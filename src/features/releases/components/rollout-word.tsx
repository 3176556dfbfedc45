import { useTranslation } from "react-i18next";
import type { RolloutState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { MarkedWord } from "../../../ui/marked-word";

export function RolloutWord({ state }: { state: RolloutState }) {
  const { t } = useTranslation();
  return (
    <MarkedWord tone={state === "paused" ? "warn" : "calm"}>{codedText(t, "rolloutState", state) ?? state}</MarkedWord>
  );
}
