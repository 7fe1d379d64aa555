//! Tests of what leaves the house: one file a format.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod bulletin;
#[cfg(test)]
mod chart;
#[cfg(test)]
mod files;
mod finding;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod maps;
#[cfg(test)]
mod sdmx;
#[cfg(test)]
mod support;
#[cfg(test)]
mod validators;
