import { IconCircleOff } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyItem } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useRevokeApiKey } from "../api/revoke-api-key";
import styles from "./administration.module.css";
import { ApiKeyFacts } from "./api-key-facts";

type Props = { item: ApiKeyItem; onClose: () => void };

/** One key: what it may do, and its end. */
export function ApiKeySheet({ item, onClose }: Props) {
  const { t } = useTranslation();
  const revoke = useRevokeApiKey();
  const [isRevoking, setRevoking] = useState(false);
  const key = revoke.data ?? item;
  const isUsable = key.state === "active" || key.state === "expires_soon";
  return (
    <Sheet isOpen onClose={onClose} side="right" title={key.name} data-testid="api-key-sheet">
      {isRevoking ? (
        <RevokeForm item={item} revoke={revoke} onBack={() => setRevoking(false)} />
      ) : (
        <div className={styles.form}>
          {key.state === "expires_soon" && (
            <Notice tone="warn" data-testid="api-key-soon">
              {t("apiKeys.soonHelp")}
            </Notice>
          )}
          <ApiKeyFacts item={key} />
          {isUsable && (
            <div className={styles.actions}>
              <ActionButton
                variant="default"
                leftSection={<IconCircleOff size={20} aria-hidden />}
                data-testid="api-key-revoke"
                onClick={() => setRevoking(true)}
              >
                {t("apiKeys.revoke")}
              </ActionButton>
            </div>
          )}
        </div>
      )}
    </Sheet>
  );
}

type FormProps = { item: ApiKeyItem; revoke: ReturnType<typeof useRevokeApiKey>; onBack: () => void };

function RevokeForm({ item, revoke, onBack }: FormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isMissing) revoke.mutate({ id: item.id, reason }, { onSuccess: onBack });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="api-key-revoking">
      <p>{t("apiKeys.revokeHelp", { name: item.name })}</p>
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && isMissing} />
      {revoke.isError && (
        <Notice tone="bad" data-testid="api-key-error">
          {failureText(t, revoke.error)}
        </Notice>
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="api-key-cancel" onClick={onBack}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="api-key-end" loading={revoke.isPending}>
          {t("apiKeys.revoke")}
        </ActionButton>
      </div>
    </form>
  );
}
