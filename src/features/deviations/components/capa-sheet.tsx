import { Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useOpenCapa } from "../api/open-capa";
import styles from "./deviations.module.css";
import { FormActions } from "./form-actions";
import { OwnerFields } from "./owner-fields";

/** Something corrective or preventive that the deviation asks for. */
export function CapaSheet({ view, onClose }: { view: DeviationView; onClose: () => void }) {
  const { t } = useTranslation();
  const open = useOpenCapa();
  const [title, setTitle] = useState("");
  const [problem, setProblem] = useState(view.record.content.root_cause ?? "");
  const [owner, setOwner] = useState<string | null>(null);
  const [dueOn, setDueOn] = useState("");
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [requestKey] = useState(() => crypto.randomUUID());
  const lacks = (text: string) => (isTried && text.trim() === "" ? t("plant.required") : undefined);
  const isWhole = ![title, problem, owner ?? "", dueOn, reason].some((text) => text.trim() === "");

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWhole || owner === null || open.isPending) return;
    open.mutate(
      { deviationId: view.record.row.id, title, problem, ownerId: owner, dueOn, reason, requestKey },
      { onSuccess: onClose },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("capas.open")}
      isKeptOpen={open.isPending}
      data-testid="capa-sheet"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput
          label={t("capas.what")}
          data-autofocus
          autoComplete="off"
          maxLength={200}
          data-testid="capa-title"
          error={lacks(title)}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label={t("capas.problem")}
          rows={3}
          maxLength={4000}
          data-testid="capa-problem"
          error={lacks(problem)}
          value={problem}
          onChange={(event) => setProblem(event.currentTarget.value)}
        />
        <OwnerFields
          people={view.people}
          owner={owner}
          dueOn={dueOn}
          isTried={isTried}
          onOwner={setOwner}
          onDueOn={setDueOn}
        />
        <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {open.isError && (
          <Notice tone="bad" data-testid="capa-error">
            <span data-code={failureCode(open.error)}>{failureText(t, open.error)}</span>
          </Notice>
        )}
        <FormActions id="capa" save={t("capas.open")} isPending={open.isPending} onCancel={onClose} />
      </form>
    </Sheet>
  );
}
