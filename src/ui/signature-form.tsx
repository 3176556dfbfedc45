import { PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignatureInput, SignatureMeaning } from "../bridge/bindings";
import { codedText } from "../texts/coded";
import { failureCode, failureText } from "../texts/failure-text";
import { ActionButton } from "./action-button";
import { Notice } from "./notice";
import styles from "./signature-form.module.css";

type Props = {
  sentence: string;
  meaning: SignatureMeaning;
  personName: string;
  /** The person has signed with email and password since signing in. */
  isIdentified: boolean;
  isPending: boolean;
  failure: Error | null;
  onSign: (signature: SignatureInput) => void;
  onCancel: () => void;
};

export function SignatureForm(props: Props) {
  const { sentence, meaning, personName, isIdentified, isPending, failure, onSign, onCancel } = props;
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [asksEmail, setAsksEmail] = useState(!isIdentified);
  const code = failureCode(failure);
  const isComplete = password !== "" && (!asksEmail || email.trim() !== "");
  const missing = asksEmail ? t("signature.typeBoth") : t("signature.typePassword");

  useEffect(() => {
    if (code === "identification_required") setAsksEmail(true);
    if (code === "wrong_password" || code === "invalid_credentials") setPassword("");
  }, [code]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isComplete) onSign({ email: asksEmail ? email.trim() : null, password });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-scan="off">
      <p className={styles.sentence} data-testid="signature-sentence">
        {sentence}
      </p>
      <dl className={styles.facts}>
        <dt>{t("signature.meaning")}</dt>
        <dd data-testid="signature-meaning">{codedText(t, "signature.meanings", meaning)}</dd>
        <dt>{t("signature.name")}</dt>
        <dd data-testid="signature-name">{personName}</dd>
      </dl>
      <div className={styles.fields}>
        {asksEmail && (
          <TextInput
            label={t("signature.email")}
            type="email"
            autoComplete="off"
            data-autofocus
            data-testid="signature-email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={t("signature.password")}
          autoComplete="off"
          data-autofocus={asksEmail ? undefined : true}
          data-testid="signature-password"
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </div>
      {failure !== null && (
        <Notice tone={code === "identification_required" ? "calm" : "bad"} data-testid="signature-error">
          <span data-code={code}>{failureText(t, failure)}</span>
        </Notice>
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="signature-cancel" onClick={onCancel}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton
          type="submit"
          reasonSide="left"
          data-testid="signature-sign"
          loading={isPending}
          disabledReason={isComplete ? undefined : missing}
        >
          {t("signature.sign")}
        </ActionButton>
      </div>
    </form>
  );
}
