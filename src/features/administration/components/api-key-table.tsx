import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./administration.module.css";
import { ApiKeyStateWord } from "./api-key-state-word";

type Props = { items: ApiKeyItem[]; onOpen: (key: ApiKeyItem) => void };

export function ApiKeyTable({ items, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("apiKeys.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.id}
      rowTestId={(item) => `api-key-row-${item.id}`}
      onOpen={onOpen}
      data-testid="api-key-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<ApiKeyItem>[] {
  return [
    {
      id: "name",
      header: t("apiKeys.name"),
      width: "minmax(180px, 1.2fr)",
      cell: (item) => (
        <div className={styles.two}>
          <strong>{item.name}</strong>
          <small>{item.createdByName}</small>
        </div>
      ),
    },
    {
      id: "scopes",
      header: t("apiKeys.scopes"),
      width: "minmax(180px, 1.4fr)",
      cell: (item) => <span className={styles.cut}>{scopesText(item, t)}</span>,
    },
    {
      id: "plants",
      header: t("apiKeys.plants"),
      width: "minmax(140px, 1fr)",
      cell: (item) => <span className={styles.cut}>{item.plants.map(({ name }) => name).join(", ")}</span>,
    },
    {
      id: "state",
      header: t("apiKeys.state"),
      width: "170px",
      cell: (item) => <ApiKeyStateWord state={item.state} />,
    },
    {
      id: "expires",
      header: t("apiKeys.expiresAt"),
      width: "124px",
      cell: (item) => formats.date(item.expiresAt),
    },
    {
      id: "used",
      header: t("apiKeys.lastUsed"),
      width: "132px",
      cell: (item) =>
        item.lastUsedAt === null ? (
          <span className={styles.muted}>{t("users.never")}</span>
        ) : (
          formats.shortTime(item.lastUsedAt)
        ),
    },
  ];
}

export function scopesText(key: ApiKeyItem, t: TFunction): string {
  return key.scopes.map((scope) => codedText(t, "capabilities", scope) ?? scope).join(", ");
}
