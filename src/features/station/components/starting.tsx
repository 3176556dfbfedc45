import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { StartFrame } from "./start-frame";
import styles from "./starting.module.css";

export function Starting({ step }: { step: string }) {
  const { t } = useTranslation();
  const text = codedText(t, "starting.steps", step) ?? t("starting.unknown");
  return (
    <StartFrame data-testid="starting" title={t("starting.title")} lead={t("starting.first")}>
      <div className={styles.progress}>
        <div className={styles.bar} role="progressbar" aria-label={t("starting.title")} aria-valuetext={text}>
          <span />
        </div>
        <p role="status" data-testid="starting-step" data-step={step}>
          {text}
        </p>
      </div>
    </StartFrame>
  );
}
