import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { UserItem, UserSort } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { AccountStateWord } from "./account-state-word";
import styles from "./administration.module.css";

type Props = {
  items: UserItem[];
  sort: UserSort;
  onSort: (sort: UserSort) => void;
  onOpen: (user: { id: string }) => void;
};

export function UserTable({ items, sort, onSort, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => userColumns(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("users.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.id}
      rowTestId={(item) => `user-row-${item.email}`}
      sort={{ id: sort.replace("-", ""), isDescending: sort.startsWith("-") }}
      onSort={({ id, isDescending }) => onSort(`${isDescending ? "-" : ""}${id}` as UserSort)}
      onOpen={(item) => onOpen({ id: item.id })}
      data-testid="user-table"
    />
  );
}

function userColumns(t: TFunction, formats: Formats): TableColumn<UserItem>[] {
  return [
    {
      id: "name",
      header: t("users.name"),
      width: "minmax(200px, 1.3fr)",
      isSortable: true,
      cell: (item) => (
        <div className={styles.two}>
          <strong>{item.name}</strong>
          <small>{item.email}</small>
        </div>
      ),
    },
    {
      id: "role",
      header: t("users.role"),
      width: "minmax(170px, 1fr)",
      isSortable: true,
      cell: (item) => (
        <div className={styles.two}>
          <span>{codedText(t, "roles", item.role) ?? item.role}</span>
          <small>{codedText(t, "departments", item.department) ?? item.department}</small>
        </div>
      ),
    },
    {
      id: "plants",
      header: t("users.plants"),
      width: "minmax(140px, 1fr)",
      cell: (item) => <span className={styles.cut}>{plantsText(item, t)}</span>,
    },
    {
      id: "state",
      header: t("users.state"),
      width: "150px",
      cell: (item) => <AccountStateWord user={item} />,
    },
    {
      id: "last_signed_in_at",
      header: t("users.lastSignedIn"),
      width: "132px",
      cell: (item) =>
        item.lastSignedInAt === null ? (
          <span className={styles.muted}>{t("users.never")}</span>
        ) : (
          formats.shortTime(item.lastSignedInAt)
        ),
    },
    {
      id: "created_at",
      header: t("users.createdAt"),
      width: "120px",
      isSortable: true,
      cell: (item) => (item.createdAt === null ? "" : formats.date(item.createdAt)),
    },
  ];
}

export function plantsText(user: UserItem, t: TFunction): string {
  return user.seesAllPlants ? t("users.everyPlant") : user.plants.map((plant) => plant.name).join(", ");
}
