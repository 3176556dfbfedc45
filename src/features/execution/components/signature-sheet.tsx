import { Drawer } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PhaseView } from "../../../bridge/bindings";
import { SignatureForm } from "./signature-form";
import styles from "./signature-sheet.module.css";
import type { Recording } from "./use-recording";

type Props = { phase: PhaseView; personName: string; recording: Recording };

/** Comes from below when a step must be signed. */
export function SignatureSheet({ phase, personName, recording }: Props) {
  const { t } = useTranslation();
  const { signing } = recording;
  return (
    <Drawer
      opened={signing !== null}
      onClose={recording.cancelSigning}
      position="bottom"
      classNames={{ content: styles.sheet }}
      title={t("signature.title", { number: phase.number })}
      closeOnClickOutside={false}
      closeOnEscape={!recording.isPending}
      closeButtonProps={{ "aria-label": t("common.close"), size: 48, iconSize: 24 }}
      data-testid="signature-sheet"
    >
      {signing !== null && phase.signature !== null && (
        <SignatureForm
          sentence={signing.sentence}
          meaning={phase.signature}
          personName={personName}
          isPending={recording.isPending}
          failure={recording.failure}
          onSign={recording.sign}
          onCancel={recording.cancelSigning}
        />
      )}
    </Drawer>
  );
}
