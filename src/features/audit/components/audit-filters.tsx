import { NativeSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AuditTrailQuery } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./audit-screen.module.css";
import { entities } from "./filters";

type Props = {
  query: AuditTrailQuery;
  plantId: string | null;
  plantName: string | null;
  onChange: (query: AuditTrailQuery) => void;
};

const actions = ["created", "changed", "deleted", "adopted"] as const;

export function AuditFilters({ query, plantId, plantName, onChange }: Props) {
  const { t } = useTranslation();
  const chosen = (value: string) => (value === "" ? null : value);
  const plant = plantId === null ? [] : [{ value: plantId, label: plantName ?? plantId }];
  return (
    <div className={styles.filters}>
      <NativeSelect
        label={t("audit.where")}
        data-testid="audit-feed"
        value={query.feed ?? ""}
        onChange={(event) => onChange({ ...query, feed: chosen(event.currentTarget.value) })}
        data={[{ value: "", label: t("audit.everywhere") }, ...plant, { value: "system", label: t("audit.system") }]}
      />
      <NativeSelect
        label={t("audit.record")}
        data-testid="audit-entity"
        value={query.entity ?? ""}
        onChange={(event) => onChange({ ...query, entity: chosen(event.currentTarget.value), recordId: null })}
        data={[
          { value: "", label: t("audit.everyRecord") },
          ...entities.map((entity) => ({ value: entity, label: codedText(t, "audit.entities", entity) ?? entity })),
        ]}
      />
      <NativeSelect
        label={t("audit.what")}
        data-testid="audit-action"
        value={query.action ?? ""}
        onChange={(event) => onChange({ ...query, action: chosen(event.currentTarget.value) })}
        data={[
          { value: "", label: t("audit.everything") },
          ...actions.map((action) => ({ value: action, label: codedText(t, "audit.actions", action) ?? action })),
        ]}
      />
      <TextInput
        type="date"
        label={t("audit.from")}
        data-testid="audit-from"
        value={query.from ?? ""}
        onChange={(event) => onChange({ ...query, from: chosen(event.currentTarget.value) })}
      />
      <TextInput
        type="date"
        label={t("audit.to")}
        data-testid="audit-to"
        value={query.to ?? ""}
        onChange={(event) => onChange({ ...query, to: chosen(event.currentTarget.value) })}
      />
      {query.actor !== null && (
        <Narrowed
          text={t("audit.onlyBy", { name: query.actor })}
          testId="audit-clear-person"
          onClear={() => onChange({ ...query, actor: null })}
        />
      )}
      {query.recordId !== null && (
        <Narrowed
          text={t("audit.onlyRecord", { id: query.recordId })}
          testId="audit-clear-record"
          onClear={() => onChange({ ...query, recordId: null })}
        />
      )}
    </div>
  );
}

function Narrowed({ text, testId, onClear }: { text: string; testId: string; onClear: () => void }) {
  return (
    <button type="button" className={styles.narrowed} data-testid={testId} onClick={onClear}>
      <span>{text}</span>
      <IconX size={18} aria-hidden />
    </button>
  );
}
