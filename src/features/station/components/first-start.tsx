import { Button } from "@mantine/core";
import { IconBuildingFactory2, IconFlask2, IconServerCog } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { Notice } from "../../../ui/notice";
import { useChooseDemo } from "../api/choose-demo";
import styles from "./first-start.module.css";
import { PlantForm } from "./plant-form";
import { StartFrame } from "./start-frame";

/** The one question of the first start. */
export function FirstStart({ settings }: { settings: (onBack: () => void) => ReactNode }) {
  const { t } = useTranslation();
  const [view, setView] = useState<"question" | "plant" | "settings">("question");
  const demo = useChooseDemo();
  const toQuestion = () => setView("question");

  if (view === "plant") return <PlantForm onBack={toQuestion} />;
  if (view === "settings") return settings(toQuestion);
  return (
    <StartFrame
      data-testid="first-start"
      title={t("start.title")}
      lead={t("start.question")}
      isWide
      footer={
        <Button
          variant="subtle"
          leftSection={<IconServerCog size={20} aria-hidden />}
          data-testid="first-start-server"
          onClick={() => setView("settings")}
        >
          {t("start.server")}
        </Button>
      }
    >
      {demo.isError && (
        <Notice tone="bad" data-testid="first-start-error">
          {failureText(t, demo.error)}
        </Notice>
      )}
      <div className={styles.choices}>
        <button
          type="button"
          className={styles.choice}
          data-testid="first-start-demo"
          aria-busy={demo.isPending}
          disabled={demo.isPending || demo.isSuccess}
          onClick={() => demo.mutate()}
        >
          <IconFlask2 size={44} stroke={1.5} aria-hidden />
          <strong>{demo.isPending || demo.isSuccess ? t("start.choosing") : t("start.demo")}</strong>
          <span>{t("start.demoHelp")}</span>
        </button>
        <button
          type="button"
          className={styles.choice}
          data-testid="first-start-plant"
          disabled={demo.isPending || demo.isSuccess}
          onClick={() => setView("plant")}
        >
          <IconBuildingFactory2 size={44} stroke={1.5} aria-hidden />
          <strong>{t("start.plant")}</strong>
          <span>{t("start.plantHelp")}</span>
        </button>
      </div>
    </StartFrame>
  );
}
