import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { useMasterRecord } from "../api/master-record";
import { Editor } from "./editor";

type Props = {
  id: string;
  isOffline: boolean;
  /** There is text that nobody has saved, or there is none any more. */
  onChanged: (isChanged: boolean) => void;
  onBack: () => void;
};

/** A draft as its author writes it. */
export function EditorScreen({ id, isOffline, onChanged, onBack }: Props) {
  const { t } = useTranslation();
  const read = useMasterRecord(id);
  if (read.data !== undefined) {
    return <Editor view={read.data} isOffline={isOffline} onChanged={onChanged} onBack={onBack} />;
  }
  return (
    <Page title={t("masters.one")}>
      {read.isError ? (
        <FailureState
          title={t("masters.oneFailed")}
          failure={read.error}
          onRetry={() => void read.refetch()}
          data-testid="editor-failed"
        />
      ) : (
        <Skeleton height={420} aria-label={t("common.loading")} data-testid="editor-loading" />
      )}
    </Page>
  );
}
