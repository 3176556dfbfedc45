import { IconCircleOff, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RolloutState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./releases.module.css";

const icons = { running: IconPlayerPlay, paused: IconPlayerPause, withdrawn: IconCircleOff };

export function RolloutStateWord({ state, ...rest }: { state: RolloutState; "data-testid"?: string }) {
  const { t } = useTranslation();
  const Icon = icons[state];
  return (
    <span className={styles.state} data-state={state} {...rest}>
      <Icon size={20} aria-hidden />
      {codedText(t, "rolloutState", state) ?? state}
    </span>
  );
}
