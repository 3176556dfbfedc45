import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useExportUnsent } from "../api/export-unsent";

/** For a station whose network does not come back. */
export function ExportUnsent() {
  const { t } = useTranslation();
  const exporting = useExportUnsent();
  if (exporting.isSuccess) {
    return (
      <Notice tone="calm" data-testid="unsent-exported">
        {t("unsent.exported", { count: exporting.data.entries, path: exporting.data.path })}
      </Notice>
    );
  }
  return (
    <>
      {exporting.isError && (
        <Notice tone="bad" data-testid="unsent-export-error">
          <span data-code={failureCode(exporting.error)}>{failureText(t, exporting.error)}</span>
        </Notice>
      )}
      <ActionButton
        variant="default"
        data-testid="unsent-export"
        loading={exporting.isPending}
        onClick={() => exporting.mutate()}
      >
        {t("unsent.export")}
      </ActionButton>
      <small>{t("unsent.exportMeans")}</small>
    </>
  );
}
