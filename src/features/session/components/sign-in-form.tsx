import { PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useSignIn } from "../api/sign-in";
import styles from "./sign-in-screen.module.css";

type Props = {
  email: string;
  onEmail: (email: string) => void;
  passwordRef: RefObject<HTMLInputElement | null>;
  isRegistering: boolean;
  onSignedIn?: () => void;
};

export function SignInForm({ email, onEmail, passwordRef, isRegistering, onSignedIn }: Props) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksForCode, setAsksForCode] = useState(false);
  const signIn = useSignIn();
  const isComplete = email.trim() !== "" && password !== "" && (!asksForCode || code.trim() !== "");
  const isRefused = signIn.isError && failureCode(signIn.error) !== "second_factor_required";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isComplete || signIn.isPending) return;
    signIn.mutate(
      { email: email.trim(), password, code: asksForCode ? code : null },
      {
        onSuccess: () => onSignedIn?.(),
        onError: (error) => {
          if (failureCode(error) === "second_factor_required") setAsksForCode(true);
          else if (asksForCode) setCode("");
          else passwordRef.current?.select();
        },
      },
    );
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
        onChange={(event) => {
          // Another person may have no second factor.
          setAsksForCode(false);
          onEmail(event.currentTarget.value);
        }}
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
      {asksForCode && (
        <TextInput
          label={t("signIn.code")}
          description={t("signIn.codeHelp")}
          autoComplete="off"
          autoFocus
          data-testid="sign-in-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      )}
      {isRefused && (
        <Notice tone="bad" data-testid="sign-in-error">
          {failureText(t, signIn.error)}
        </Notice>
      )}
      <ActionButton
        type="submit"
        fullWidth
        data-testid="sign-in-submit"
        loading={signIn.isPending}
        disabledReason={isComplete ? undefined : t(asksForCode ? "signIn.codeMissing" : "signIn.missing")}
      >
        {isRegistering ? t("signIn.registerSubmit") : t("signIn.submit")}
      </ActionButton>
    </form>
  );
}
