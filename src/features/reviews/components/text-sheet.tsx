import { Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import styles from "./reviews.module.css";

/** As many letters as the server takes. */
const LONGEST = 2000;

type Props = {
  /** The first part of its test ids. */
  name: string;
  title: string;
  /** What is written about. */
  about: string;
  label: string;
  missing: string;
  save: string;
  isPending: boolean;
  failure: Error | null;
  onSave: (text: string) => void;
  onClose: () => void;
};

/** One text that somebody writes about something: a comment, a question, an answer. */
export function TextSheet({ name, title, about, label, missing, save, isPending, failure, onSave, onClose }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = text.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isMissing && !isPending) onSave(text.trim());
  }

  return (
    <Sheet isOpen onClose={onClose} side="bottom" title={title} isKeptOpen={isPending} data-testid={`${name}-sheet`}>
      <form className={styles.form} onSubmit={submit} noValidate data-scan="off">
        <p className={styles.about}>{about}</p>
        <Textarea
          label={label}
          rows={3}
          maxLength={LONGEST}
          data-autofocus
          data-testid={`${name}-text`}
          error={isTried && isMissing ? missing : undefined}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {failure !== null && (
          <Notice tone="bad" data-testid={`${name}-error`}>
            <span data-code={failureCode(failure)}>{failureText(t, failure)}</span>
          </Notice>
        )}
        <div className={styles.ends}>
          <ActionButton variant="default" type="button" data-testid={`${name}-cancel`} onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton type="submit" data-testid={`${name}-save`} loading={isPending}>
            {save}
          </ActionButton>
        </div>
      </form>
    </Sheet>
  );
}
