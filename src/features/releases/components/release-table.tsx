import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ReleaseView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { MarkedWord } from "../../../ui/marked-word";
import styles from "../../../ui/register.module.css";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { RolloutWord } from "./rollout-word";

type Props = { items: ReleaseView[]; onOpen: (release: ReleaseView) => void };

export function ReleaseTable({ items, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("releases.title")}
      rows={items}
      columns={columns}
      rowId={(release) => release.id}
      rowTestId={(release) => `release-row-${release.version}`}
      onOpen={onOpen}
      data-testid="release-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<ReleaseView>[] {
  return [
    {
      id: "version",
      header: t("releases.version"),
      width: "minmax(130px, 0.8fr)",
      cell: (release) => (
        <div className={styles.two}>
          <strong>{release.version}</strong>
          <small>{release.target}</small>
        </div>
      ),
    },
    {
      id: "state",
      header: t("releases.state"),
      width: "150px",
      cell: (release) => <RolloutWord state={release.state} />,
    },
    {
      id: "reach",
      header: t("releases.reach"),
      width: "minmax(190px, 1fr)",
      cell: (release) => reachText(release, t),
    },
    {
      id: "stations",
      header: t("releases.stations"),
      width: "minmax(150px, 1fr)",
      cell: (release) => <Stations release={release} />,
    },
    {
      id: "published",
      header: t("releases.published"),
      width: "minmax(170px, 1fr)",
      cell: (release) => (
        <div className={styles.two}>
          <span>{formats.dateTime(release.publishedAt)}</span>
          <small>{release.publishedBy ?? t("releases.atTheServer")}</small>
        </div>
      ),
    },
  ];
}

export function reachText({ ring, percentage }: ReleaseView, t: TFunction): string {
  const name = codedText(t, "ring", ring) ?? ring;
  return percentage === 100 ? name : t("releases.share", { ring: name, percentage });
}

function Stations({ release }: { release: ReleaseView }) {
  const { t } = useTranslation();
  const { healthy, putBack, refused, silent } = release.stations;
  const wrong = putBack + refused + silent;
  return (
    <div className={styles.two}>
      <span>{t("releases.healthy", { count: healthy })}</span>
      {wrong > 0 && <MarkedWord tone="warn">{t("releases.wrong", { count: wrong })}</MarkedWord>}
    </div>
  );
}
