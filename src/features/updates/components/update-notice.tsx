import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { UpdateView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { usePostponeUpdate } from "../api/postpone-update";

/** Says that the station is about to start anew with another version. What comes before is nothing that anybody waits for. */
export function UpdateNotice({ update }: { update: UpdateView | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const postpone = usePostponeUpdate();
  if (update === null) return null;
  const { stage, version } = update;
  if (stage.type === "installing") {
    return (
      <Notice tone="warn" title={t("update.installing", { version })} data-testid="update-notice">
        {t("update.installingMeans")}
      </Notice>
    );
  }
  if (stage.type !== "announced") return null;
  return (
    <Notice
      tone="warn"
      title={t("update.announced", { version, time: formats.shortTime(stage.installsAt) })}
      data-testid="update-notice"
      action={
        <Button
          variant="default"
          data-testid="update-postpone"
          loading={postpone.isPending}
          onClick={() => postpone.mutate()}
        >
          {t("update.postpone")}
        </Button>
      }
    >
      {t("update.announcedMeans")}
    </Notice>
  );
}
