import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ResourceCheck } from "../../../bridge/bindings";
import { unfitText } from "../../../texts/unfit-text";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { playTone } from "../../../ui/sound";
import { waitingText } from "./waiting-text";

/** Why a lot or a piece of equipment may not be taken, and what to do: in sound, shape and word. */
export function ResourceNotice({ check }: { check: ResourceCheck | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const refusal = check?.refusal ?? null;
  const code = refusal?.code;
  useEffect(() => {
    if (code !== undefined) playTone("reject");
  }, [code]);
  if (refusal === null) return null;
  return (
    <Notice tone="bad" data-testid="resource-refused">
      <span data-code={refusal.code}>{unfitText(t, formats, refusal) ?? waitingText(t, refusal)}</span>
    </Notice>
  );
}
