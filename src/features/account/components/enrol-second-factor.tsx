import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecondFactorView } from "../../../bridge/bindings";
import { keys } from "../../../bridge/keys";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useConfirmSecondFactor } from "../api/second-factor";
import styles from "./account.module.css";

const MARGIN = 4;

type Props = { begun: SecondFactorView; onDone: () => void };

/** The picture for the device, a code of it in return, and the recovery codes, which nobody shows again. */
export function EnrolSecondFactor({ begun, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const confirm = useConfirmSecondFactor();
  const isComplete = code.trim() !== "";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isComplete && !confirm.isPending) confirm.mutate(code);
  }

  if (confirm.isSuccess) {
    return (
      <>
        <Notice tone="done" data-testid="recovery-help">
          {t("account.recoveryHelp")}
        </Notice>
        <ul className={styles.codes} data-testid="recovery-codes" data-selectable>
          {confirm.data.map((recovery) => (
            <li key={recovery}>{recovery}</li>
          ))}
        </ul>
        <ActionButton
          data-testid="recovery-done"
          onClick={() => {
            void client.invalidateQueries({ queryKey: keys.account });
            onDone();
          }}
        >
          {t("account.recoveryDone")}
        </ActionButton>
      </>
    );
  }
  const side = begun.picture.size + 2 * MARGIN;
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.note}>{t("account.factorScan")}</p>
      <div className={styles.enrol}>
        <svg
          className={styles.picture}
          viewBox={`${-MARGIN} ${-MARGIN} ${side} ${side}`}
          role="img"
          aria-label={t("account.factorPicture")}
          data-testid="second-factor-picture"
        >
          <path d={begun.picture.path} shapeRendering="crispEdges" />
        </svg>
        <div className={styles.words}>
          <span>{t("account.factorType")}</span>
          <code data-testid="second-factor-secret" data-selectable>
            {begun.secret}
          </code>
        </div>
      </div>
      <TextInput
        label={t("account.factorCode")}
        inputMode="numeric"
        autoComplete="off"
        data-testid="second-factor-code"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {confirm.isError && (
        <Notice tone="bad" data-testid="second-factor-refused" data-code={failureCode(confirm.error)}>
          {failureText(t, confirm.error)}
        </Notice>
      )}
      <ActionButton
        type="submit"
        data-testid="second-factor-confirm"
        loading={confirm.isPending}
        disabledReason={isComplete ? undefined : t("account.codeFirst")}
      >
        {t("account.factorConfirm")}
      </ActionButton>
    </form>
  );
}
