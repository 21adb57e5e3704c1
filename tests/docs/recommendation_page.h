// docs/reference/recommendation.md: every point of the Council Recommendation of 16 June 2022 and of its annexes, with
// what there is for it, the tests that show it, and what there is not yet. The rows stand in recommendation.def.
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

namespace passerelle::docs {

// A test that shows what a point asks for.
struct Shown {
  std::string file;  // from the root of the tree
  std::string test;  // "Suite.Name"
  std::string
      datum;  // what of its data: "#text" in the file itself, "path" or "path#text"; empty for the test as a whole
  std::string example;  // input → output
};

struct Point {
  std::string section;
  std::string reference;  // "p9c, p11a": points, recitals and principles, or elements of the annexes
  std::string about;
  std::string does;             // empty where there is nothing
  std::vector<std::string> by;  // commands and methods by which a user gets it
  std::string missing;          // empty where nothing is
  std::vector<Shown> shown;
  bool policy = false;  // a matter of policy, for which there is no function of software
};

// The points in the order of the page.
std::vector<Point> RecommendationPoints();

// "shown", "in part", "not yet" or "policy".
std::string StateOf(const Point& point);

std::string RecommendationPage();

}  // namespace passerelle::docs
