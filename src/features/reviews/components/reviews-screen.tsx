import { useDebouncedValue } from "@mantine/hooks";
import { IconZoomCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../../../ui/register.module.css";
import { RegisterScreen } from "../../../ui/register-screen";
import { SearchField } from "../../../ui/search-field";
import { useReviews } from "../api/list-reviews";
import { ReviewTable } from "./review-table";

type Props = { isOffline: boolean; onOpen: (batchId: string) => void };

/** The batches that production has finished and quality assurance has not decided about. */
export function ReviewsScreen({ isOffline, onOpen }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 250);
  const read = useReviews(search);
  const items = read.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <RegisterScreen
      name="reviews"
      words={{
        title: t("reviews.title"),
        note: t("reviews.count", { count: items.length }),
        add: "",
        failed: t("reviews.failed"),
        emptyTitle: t("reviews.emptyTitle"),
        empty: t("reviews.empty"),
      }}
      icon={IconZoomCheck}
      isOffline={isOffline}
      read={read}
      count={items.length}
      isFiltered={typed !== ""}
      onClear={() => setTyped("")}
      onAdd={undefined}
      toolbar={
        <div className={styles.toolbar}>
          <SearchField label={t("reviews.search")} value={typed} onChange={setTyped} data-testid="reviews-search" />
        </div>
      }
      table={<ReviewTable items={items} onOpen={onOpen} />}
    >
      {null}
    </RegisterScreen>
  );
}
