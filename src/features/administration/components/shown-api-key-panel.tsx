import { useTranslation } from "react-i18next";
import type { ShownApiKey } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import styles from "./administration.module.css";
import { ApiKeyFacts } from "./api-key-facts";

type Props = { shown: ShownApiKey; onDone: () => void };

/** The text of a key, shown this once; the station puts it neither on the clipboard nor into a file. */
export function ShownApiKeyPanel({ shown, onDone }: Props) {
  const { t } = useTranslation();
  const isHere = shown.secret !== null;
  return (
    <div className={styles.form} data-testid="shown-api-key">
      {isHere ? (
        <>
          <p>{t("apiKeys.secretFor", { name: shown.key.name })}</p>
          <p className={styles.key} data-selectable data-testid="api-key-secret">
            {shown.secret}
          </p>
          <Notice tone="warn" title={t("apiKeys.secretOnce")} data-testid="api-key-once">
            {t("apiKeys.secretHelp")}
          </Notice>
        </>
      ) : (
        <Notice tone="bad" title={t("apiKeys.secretLost")} data-testid="api-key-lost">
          {t("apiKeys.secretLostHelp")}
        </Notice>
      )}
      <ApiKeyFacts item={shown.key} />
      <div className={styles.actions}>
        <ActionButton data-testid="api-key-done" onClick={onDone}>
          {isHere ? t("apiKeys.secretDone") : t("common.close")}
        </ActionButton>
      </div>
    </div>
  );
}
