import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UserDetails } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { ChangeFailure } from "../../../ui/change-failure";
import { ReasonField } from "../../../ui/reason-field";
import { useGiveOneTimeSecret } from "../api/give-one-time-secret";
import { useRemoveSecondFactor } from "../api/remove-second-factor";
import { useSetUserActive } from "../api/set-user-active";
import { useUnlockUser } from "../api/unlock-user";
import styles from "./administration.module.css";
import { ShownSecretPanel } from "./shown-secret-panel";

export type UserAct = "secret" | "unlock" | "factor" | "deactivate" | "reactivate";

type Props = {
  act: UserAct;
  details: UserDetails;
  onBack: () => void;
  onRefresh: () => void;
  /** A secret is on the screen: it must not be closed by accident. */
  onKeep: (isKept: boolean) => void;
};

/** What is about to happen to an account, in one sentence, and why. */
export function UserActionForm({ act, details, onBack, onRefresh, onKeep }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const secret = useGiveOneTimeSecret();
  const unlock = useUnlockUser();
  const factor = useRemoveSecondFactor();
  const activity = useSetUserActive();
  const { id, name } = details.user;
  const doing = { secret, unlock, factor, deactivate: activity, reactivate: activity }[act];
  const words = {
    secret: { sentence: t("users.giveSecretHelp", { name }), press: t("users.giveSecret") },
    unlock: { sentence: t("users.unlockHelp", { name }), press: t("users.unlock") },
    factor: { sentence: t("users.removeFactorHelp", { name }), press: t("users.removeFactor") },
    deactivate: { sentence: t("users.deactivateHelp", { name }), press: t("users.deactivate") },
    reactivate: { sentence: t("users.reactivateHelp", { name }), press: t("users.reactivate") },
  }[act];

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "") return;
    if (act === "secret") secret.mutate({ id, reason }, { onSuccess: () => onKeep(true) });
    else if (act === "unlock") unlock.mutate({ id, reason }, { onSuccess: onBack });
    else if (act === "factor") factor.mutate({ id, reason }, { onSuccess: onBack });
    else activity.mutate({ id, etag: details.etag, isActive: act === "reactivate", reason }, { onSuccess: onBack });
  }

  if (secret.isSuccess) return <ShownSecretPanel shown={secret.data} onDone={onBack} />;
  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="user-action" data-act={act}>
      <p>{words.sentence}</p>
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
      {doing.isError && <ChangeFailure failure={doing.error} onRefresh={onRefresh} />}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="user-cancel" onClick={onBack}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="user-act" loading={doing.isPending}>
          {words.press}
        </ActionButton>
      </div>
    </form>
  );
}
