//! The verdict of a whole comparison, by those of its rows.

use super::document::{ComparedRow, ComparisonVerdict, Remedy, RowVerdict, VerdictCounts};
use crate::words::counted;

/// Whether a saturated generator hides a difference that would count.
pub(super) fn is_hidden(rows: &[ComparedRow]) -> bool {
    let mut measures = rows.iter().flat_map(|row| &row.measures);
    measures.any(|measure| measure.remedy == Some(Remedy::LessLoad))
}

impl VerdictCounts {
    pub(super) fn of(rows: &[ComparedRow]) -> VerdictCounts {
        let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count() as u64;
        VerdictCounts {
            worse: count(RowVerdict::Worse),
            better: count(RowVerdict::Better),
            same: count(RowVerdict::Same),
            not_enough_data: count(RowVerdict::NotEnoughData),
            added: count(RowVerdict::Added),
            removed: count(RowVerdict::Removed),
        }
    }

    /// What is hidden may be worse: nothing is better then.
    pub(super) fn verdict(&self, is_hidden: bool) -> ComparisonVerdict {
        match self {
            VerdictCounts { worse: 1.., .. } => ComparisonVerdict::Worse,
            VerdictCounts { better: 1.., .. } if !is_hidden => ComparisonVerdict::Better,
            VerdictCounts { same: 1.., not_enough_data: 0, .. } => ComparisonVerdict::Same,
            _ => ComparisonVerdict::Undecided,
        }
    }

    fn all(&self) -> u64 {
        self.worse + self.better + self.same + self.not_enough_data
    }
}

/// `WORSE: 1 of 14 requests, steps and checks is worse, 2 are better`.
pub(super) fn headline(verdict: ComparisonVerdict, counts: &VerdictCounts) -> String {
    let is = |count: u64| if count == 1 { "is" } else { "are" };
    let all = counted(counts.all(), "row", "rows");
    let undecided = match counts.not_enough_data {
        0 => String::new(),
        few => format!("; not enough data for {few}"),
    };
    match verdict {
        ComparisonVerdict::Worse => {
            let better = match counts.better {
                0 => String::new(),
                better => format!(", {better} {} better", is(better)),
            };
            format!("WORSE: {} of {all} {} worse{better}{undecided}", counts.worse, is(counts.worse))
        }
        ComparisonVerdict::Better => {
            format!(
                "BETTER: {} of {all} {} better, none is worse{undecided}",
                counts.better,
                is(counts.better)
            )
        }
        ComparisonVerdict::Same => format!("SAME: {all}, none of them worse or better"),
        ComparisonVerdict::Undecided if counts.all() == 0 => "UNDECIDED: nothing is in both".to_owned(),
        ComparisonVerdict::Undecided => {
            let others = match (counts.better, counts.same) {
                (0, 0) => String::new(),
                (0, _) => "; the others are the same".to_owned(),
                (better, _) => format!("; {better} {} better", is(better)),
            };
            format!("UNDECIDED: not enough data for {} of {all}{others}", counts.not_enough_data)
        }
    }
}
