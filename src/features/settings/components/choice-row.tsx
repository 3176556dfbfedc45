import styles from "./choice-row.module.css";

type Props<Value extends string> = {
  title: string;
  name: string;
  value: Value;
  choices: readonly { value: Value; text: string; lang?: string }[];
  onChange: (value: Value) => void;
};

/** One of a few, each a target of its own. */
export function ChoiceRow<Value extends string>({ title, name, value, choices, onChange }: Props<Value>) {
  return (
    <div className={styles.row} role="radiogroup" aria-label={title}>
      {choices.map((choice) => (
        // A native radio in these sizes cannot be pressed as a whole on every web view; a button with the role can.
        // biome-ignore lint/a11y/useSemanticElements: see above
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={value === choice.value}
          className={styles.choice}
          lang={choice.lang}
          data-testid={`${name}-${choice.value}`}
          onClick={() => onChange(choice.value)}
        >
          {choice.text}
        </button>
      ))}
    </div>
  );
}
