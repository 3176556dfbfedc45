import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BatchProposal } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import styles from "./new-batch.module.css";

/** What will be made, in the words of the master batch record; it keeps its place while it is fetched. */
export function ProposalFacts({ proposal }: { proposal: BatchProposal | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (proposal === undefined) return <Skeleton height={112} data-testid="new-batch-loading" />;
  const facts = [
    [t("batches.product"), `${proposal.product} (${proposal.productCode})`],
    [t("newBatch.version"), t("newBatch.versionOf", { version: formats.count(proposal.version) })],
    [t("newBatch.size"), t("batches.quantity", { quantity: formats.number(proposal.quantity), unit: proposal.unit })],
    [t("newBatch.steps"), formats.count(proposal.phaseCount)],
  ];
  return (
    <dl className={styles.facts} data-testid="new-batch-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
