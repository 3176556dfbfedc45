import { Button, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useRedeemPasswordReset, useRequestPasswordReset } from "../api/reset-password";
import styles from "./account.module.css";
import { NewPasswordFields, useMissing } from "./new-password";

type Props = { email: string; onBack: () => void };

/** A code by e-mail, and with it a new password. Whether the address is somebody's is not said. */
export function ForgottenPassword({ email: typed, onBack }: Props) {
  const { t } = useTranslation();
  const [email, setEmail] = useState(typed);
  const request = useRequestPasswordReset();
  const address = email.trim();
  return (
    <main className={styles.alone} data-testid="forgotten">
      <div className={styles.column}>
        <h1>{t("account.forgottenTitle")}</h1>
        {request.isSuccess ? (
          <CodeForm email={address} onDone={onBack} />
        ) : (
          <form
            className={styles.form}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (address !== "" && !request.isPending) request.mutate(address);
            }}
          >
            <p className={styles.note}>{t("account.forgottenHelp")}</p>
            <TextInput
              label={t("signIn.email")}
              type="email"
              inputMode="email"
              autoComplete="off"
              spellCheck={false}
              data-testid="forgotten-email"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            {request.isError && (
              <Notice tone="warn" data-testid="forgotten-error" data-code={failureCode(request.error)}>
                {failureText(t, request.error)}
              </Notice>
            )}
            <ActionButton
              type="submit"
              data-testid="forgotten-submit"
              loading={request.isPending}
              disabledReason={address === "" ? t("account.emailMissing") : undefined}
            >
              {t("account.sendCode")}
            </ActionButton>
          </form>
        )}
        <Button
          variant="subtle"
          leftSection={<IconArrowLeft size={20} aria-hidden />}
          data-testid="forgotten-back"
          onClick={onBack}
        >
          {t("account.backToSignIn")}
        </Button>
      </div>
    </main>
  );
}

function CodeForm({ email, onDone }: { email: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [next, setNext] = useState({ chosen: "", repeated: "" });
  const redeem = useRedeemPasswordReset();
  const missing = useMissing(next, code.trim() !== "");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (missing === undefined && !redeem.isPending) redeem.mutate({ email, code, chosen: next.chosen });
  }

  if (redeem.isSuccess) {
    return (
      <Notice
        tone="done"
        data-testid="forgotten-done"
        action={
          <Button data-testid="forgotten-sign-in" onClick={onDone}>
            {t("signIn.submit")}
          </Button>
        }
      >
        {t("account.resetDone")}
      </Notice>
    );
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Notice tone="calm" data-testid="forgotten-sent">
        {t("account.codeSent", { email })}
      </Notice>
      <TextInput
        label={t("account.code")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-testid="forgotten-code"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <NewPasswordFields value={next} onChange={setNext} />
      {redeem.isError && (
        <Notice tone="bad" data-testid="forgotten-refused" data-code={failureCode(redeem.error)}>
          {failureText(t, redeem.error)}
        </Notice>
      )}
      <ActionButton type="submit" data-testid="forgotten-set" loading={redeem.isPending} disabledReason={missing}>
        {t("account.submit")}
      </ActionButton>
    </form>
  );
}
