import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { BackupView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./backups-screen.module.css";

export function BackupTable({ items }: { items: BackupView[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("backups.title")}
      rows={items}
      columns={columns}
      rowId={(backup) => backup.id}
      rowTestId={(backup) => `backup-row-${backup.fileName}`}
      data-testid="backup-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<BackupView>[] {
  const text = (value: string | null) => (
    <span className={styles.cell} title={value ?? undefined}>
      {value ?? t("audit.nothing")}
    </span>
  );
  return [
    {
      id: "point",
      header: t("backups.point"),
      width: "180px",
      cell: (backup) => text(formats.dateTime(backup.recoveryPoint)),
    },
    {
      id: "state",
      header: t("backups.state"),
      width: "minmax(170px, 1fr)",
      cell: (backup) => <State backup={backup} />,
    },
    {
      id: "cause",
      header: t("backups.cause"),
      width: "minmax(150px, 0.8fr)",
      cell: (backup) => text(backup.requestedByName ?? codedText(t, "backups.causes", backup.cause) ?? backup.cause),
    },
    { id: "file", header: t("backups.file"), width: "minmax(340px, 1.4fr)", cell: (backup) => text(backup.fileName) },
    { id: "rows", header: t("backups.rows"), width: "110px", align: "end", cell: (backup) => text(backup.rowCount) },
    { id: "size", header: t("backups.size"), width: "120px", align: "end", cell: (backup) => text(backup.sizeBytes) },
    { id: "hash", header: t("backups.sha256"), width: "minmax(120px, 0.8fr)", cell: (backup) => text(backup.sha256) },
  ];
}

function State({ backup }: { backup: BackupView }) {
  const { t } = useTranslation();
  if (backup.failure === null) {
    return (
      <span className={styles.state}>
        <IconCircleCheck size={20} aria-hidden />
        {t("backups.whole")}
      </span>
    );
  }
  return (
    <span className={styles.state} data-tone="bad">
      <IconAlertTriangle size={20} aria-hidden />
      {codedText(t, "errors", backup.failure) ?? t("backups.broken")}
    </span>
  );
}
