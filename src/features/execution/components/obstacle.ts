import type { TFunction } from "i18next";
import type { BatchView, PhaseView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";

import { unfitText } from "../../../texts/unfit-text";
import type { Formats } from "../../../ui/formats";
import { codeOf, waitingText } from "./waiting-text";

/** Why nothing can be recorded for a step now. The station decides. */
export function obstacleOf(
  t: TFunction,
  batch: BatchView,
  phase: PhaseView,
  canExecute: boolean,
  formats: Formats,
): { code: string; text: string } | null {
  // Whoever only verifies has a turn where something waits for them.
  if (!canExecute && phase.waitsFor !== null) return { code: "not_authorised", text: t("execution.notAllowed") };
  if (batch.blockedCode !== null && phase.id === batch.nextPhaseId) {
    const text = codedText(t, "blocked", batch.blockedCode) ?? t("blocked.unknown", { code: batch.blockedCode });
    return { code: batch.blockedCode, text };
  }
  const waits = phase.waitsFor;
  const needsServer = waits?.code === "signature_needs_server" || waits?.code === "server_needed";
  if (needsServer || (waits === null && phase.signature !== null && batch.signingNeedsServer)) {
    return { code: waits?.code ?? "signature_needs_server", text: t("signature.needsServer") };
  }
  if (waits === null) return null;
  const values = Object.fromEntries(waits.values.map(({ name, value }) => [name, value]));
  const text =
    unfitText(t, formats, waits) ??
    // What must happen is said where a person would wait for it in vain.
    codedText(t, "obstacles", codeOf(waits), values) ??
    sentence(waitingText(t, waits));
  // A step whose turn has not come says already now what would stop it then.
  const later = phase.obstacle !== null && phase.obstacle.code !== waits.code ? phase.obstacle : null;
  const more = later === null ? undefined : unfitText(t, formats, later);
  return { code: waits.code, text: more === undefined ? text : `${text} ${t("execution.alsoStops", { text: more })}` };
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
