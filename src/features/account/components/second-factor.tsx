import { PasswordInput, Skeleton } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecondFactorView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useAccount } from "../api/account";
import { useBeginSecondFactor, useRemoveSecondFactor } from "../api/second-factor";
import styles from "./account.module.css";
import { EnrolSecondFactor } from "./enrol-second-factor";

/** Whether signing in asks for a code of the person's device, and the way there and back. */
export function SecondFactor() {
  const { t } = useTranslation();
  const account = useAccount();
  const [begun, setBegun] = useState<SecondFactorView | null>(null);
  const begin = useBeginSecondFactor();
  const remove = useRemoveSecondFactor();
  if (account.isPending) return <Skeleton height={120} />;
  if (account.isError) return null;
  if (begun !== null) return <EnrolSecondFactor begun={begun} onDone={() => setBegun(null)} />;
  if (account.data.hasSecondFactor) {
    return (
      <>
        <p className={styles.state} data-testid="second-factor-on">
          <IconShieldCheck size={24} stroke={1.8} aria-hidden />
          {t("account.factorOn", { count: account.data.recoveryCodesLeft })}
        </p>
        <WithPassword
          label={t("account.factorRemove")}
          failure={remove.error}
          isPending={remove.isPending}
          onSubmit={(current) => remove.mutate(current)}
        />
      </>
    );
  }
  return (
    <>
      <p className={styles.note} data-testid="second-factor-off">
        {t("account.factorHelp")}
      </p>
      <WithPassword
        label={t("account.factorBegin")}
        failure={begin.error}
        isPending={begin.isPending}
        onSubmit={(current) => begin.mutate(current, { onSuccess: setBegun })}
      />
    </>
  );
}

type Props = { label: string; failure: unknown; isPending: boolean; onSubmit: (current: string) => void };

/** Nobody who passes by changes it: it asks for the password. */
function WithPassword({ label, failure, isPending, onSubmit }: Props) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (current === "" || isPending) return;
    onSubmit(current);
    setCurrent("");
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <PasswordInput
        label={t("account.currentPassword")}
        autoComplete="off"
        data-testid="second-factor-password"
        visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      {failure !== null && failure !== undefined && (
        <Notice tone="bad" data-testid="second-factor-error" data-code={failureCode(failure)}>
          {failureCode(failure) === "wrong_password" ? t("account.currentWrong") : failureText(t, failure)}
        </Notice>
      )}
      <ActionButton
        type="submit"
        variant="default"
        data-testid="second-factor-submit"
        loading={isPending}
        disabledReason={current === "" ? t("account.passwordFirst") : undefined}
      >
        {label}
      </ActionButton>
    </form>
  );
}
