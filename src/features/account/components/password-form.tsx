import { PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useChangePassword } from "../api/change-password";
import styles from "./account.module.css";
import { NewPasswordFields, useMissing } from "./new-password";

const EMPTY = { chosen: "", repeated: "" };

/** The present password and a new one. `currentLabel` says what the present one is. */
export function PasswordForm({ currentLabel }: { currentLabel: string }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState(EMPTY);
  const change = useChangePassword();
  const missing = useMissing(next, current !== "");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (missing !== undefined || change.isPending) return;
    change.mutate(
      { current, chosen: next.chosen },
      {
        onSuccess: () => {
          setCurrent("");
          setNext(EMPTY);
        },
      },
    );
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <PasswordInput
        label={currentLabel}
        autoComplete="off"
        data-testid="current-password"
        visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <NewPasswordFields value={next} onChange={setNext} />
      {change.isError && (
        <Notice tone="bad" data-testid="password-error" data-code={failureCode(change.error)}>
          {failureCode(change.error) === "wrong_password" ? t("account.currentWrong") : failureText(t, change.error)}
        </Notice>
      )}
      {change.isSuccess && (
        <Notice tone="done" data-testid="password-changed">
          {t("account.changed")}
        </Notice>
      )}
      <ActionButton type="submit" data-testid="password-submit" loading={change.isPending} disabledReason={missing}>
        {t("account.submit")}
      </ActionButton>
    </form>
  );
}
