import { useId, useState } from 'preact/hooks';

/** A number with bounds: what is outside of them is said, and not taken. */
export function NumberField(props: {
  readonly name: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  /** Any number is taken, also between whole ones. */
  readonly fractions?: boolean;
  /** By how much the arrows change it. */
  readonly step?: number;
  readonly onChange: (value: number) => void;
}) {
  const { name, value, from, to, fractions = false, step = 1 } = props;
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const take = (text: string) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const isFine = number >= from && number <= to && (fractions || Number.isSafeInteger(number));
    setWrong(!isFine);
    if (isFine && number !== value) props.onChange(number);
  };
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="number"
        inputMode={fractions ? 'decimal' : 'numeric'}
        min={from}
        max={to}
        step={fractions ? 'any' : step}
        value={value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => take(event.currentTarget.value)}
      />
      {wrong && (
        <small id={`${id}-wrong`} class="wrong" role="alert">
          {fractions ? 'a number' : 'a whole number'} from {from} to {to}
        </small>
      )}
    </div>
  );
}
