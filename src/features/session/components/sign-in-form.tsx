import { PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useSignIn } from "../api/sign-in";
import styles from "./sign-in-screen.module.css";

type Props = {
  email: string;
  onEmail: (email: string) => void;
  passwordRef: RefObject<HTMLInputElement | null>;
  isRegistering: boolean;
};

export function SignInForm({ email, onEmail, passwordRef, isRegistering }: Props) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const isComplete = email.trim() !== "" && password !== "";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isComplete || signIn.isPending) return;
    signIn.mutate({ email: email.trim(), password }, { onError: () => passwordRef.current?.select() });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextInput
        label={t("signIn.email")}
        type="email"
        inputMode="email"
        autoComplete="off"
        spellCheck={false}
        data-testid="sign-in-email"
        value={email}
        onChange={(event) => onEmail(event.currentTarget.value)}
      />
      <PasswordInput
        ref={passwordRef}
        label={t("signIn.password")}
        autoComplete="off"
        data-testid="sign-in-password"
        visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {signIn.isError && (
        <Notice tone="bad" data-testid="sign-in-error">
          {failureText(t, signIn.error)}
        </Notice>
      )}
      <ActionButton
        type="submit"
        fullWidth
        data-testid="sign-in-submit"
        loading={signIn.isPending}
        disabledReason={isComplete ? undefined : t("signIn.missing")}
      >
        {isRegistering ? t("signIn.registerSubmit") : t("signIn.submit")}
      </ActionButton>
    </form>
  );
}
