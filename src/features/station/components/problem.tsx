import { IconAlertOctagon, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CommandError } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useRetryStart } from "../api/retry-start";
import { useSetStoreAside } from "../api/set-store-aside";
import styles from "./problem.module.css";
import { problemText } from "./problem-text";
import { StartFrame } from "./start-frame";

type Props = { error: CommandError; settings: (onBack: () => void) => ReactNode };

/** Why the station cannot go on, and what a person can do about it. */
export function Problem({ error, settings }: Props) {
  const { t } = useTranslation();
  const retry = useRetryStart();
  const setAside = useSetStoreAside();
  const [isSettings, setSettings] = useState(false);
  const text = problemText(t, error.code);
  const isDamaged = error.code === "store_corrupted";

  if (isSettings) return settings(() => setSettings(false));
  return (
    <StartFrame data-testid="problem" title={t("problem.title")} lead={t("problem.safe")}>
      <section className={styles.problem} role="alert" data-code={error.code} data-testid="problem-code">
        <IconAlertOctagon className={styles.icon} size={48} stroke={1.75} aria-hidden />
        <div className={styles.text}>
          <h2>{t("problem.what")}</h2>
          <p data-testid="problem-what">{text.what}</p>
          <h2>{t("problem.doThis")}</h2>
          <p data-testid="problem-do-this">{text.doThis}</p>
          {setAside.isError && (
            <p className={styles.failed} role="status" data-testid="problem-set-aside-failed">
              {failureText(t, setAside.error)}
            </p>
          )}
          {error.detail !== null && (
            <details className={styles.detail}>
              <summary data-testid="problem-detail">
                <IconChevronRight size={20} aria-hidden />
                {t("common.technicalDetail")}
              </summary>
              <pre data-selectable>{error.detail}</pre>
            </details>
          )}
        </div>
      </section>
      <div className={styles.actions}>
        <ActionButton variant="default" data-testid="problem-settings" onClick={() => setSettings(true)}>
          {t("problem.settings")}
        </ActionButton>
        <div className={styles.forward}>
          <ActionButton
            variant={isDamaged ? "default" : "filled"}
            data-testid="problem-retry"
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          >
            {t("common.retry")}
          </ActionButton>
          {isDamaged && (
            <ActionButton
              data-testid="problem-set-aside"
              loading={setAside.isPending}
              onClick={() => setAside.mutate()}
            >
              {t("problem.setAside")}
            </ActionButton>
          )}
        </div>
      </div>
    </StartFrame>
  );
}
